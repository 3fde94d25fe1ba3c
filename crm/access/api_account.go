package access

import "context"

func (s *Store) getSessions(ctx context.Context, in *struct {
	User string `query:"user" format:"uuid"`
}) (*items[Session], error) {
	return list(s.Sessions(ctx, in.User))
}

func (s *Store) deleteSession(ctx context.Context, in *byID) (*none, error) {
	return nil, s.EndSession(ctx, in.ID)
}

func (s *Store) deleteSessions(ctx context.Context, in *struct {
	User string `query:"user" format:"uuid" doc:"Whose; empty: one's own, but for the one that asks"`
}) (*none, error) {
	return nil, s.EndSessions(ctx, in.User)
}

func (s *Store) getSecondStep(ctx context.Context, _ *none) (*reply[SecondStep], error) {
	return answer(s.SecondStep(ctx))
}

// PresentPassword proves that it is the person who asks, and not somebody at their screen.
type PresentPassword struct {
	Password string `json:"password" maxLength:"300"`
}

func (s *Store) postSecondStep(ctx context.Context, in *body[PresentPassword]) (*reply[NewSecondStep], error) {
	return answer(s.BeginSecondStep(ctx, in.Body.Password))
}

// Code is what an authenticator shows.
type Code struct {
	Code string `json:"code" maxLength:"40"`
}

func (s *Store) postSecondStepProof(ctx context.Context, in *body[Code]) (*reply[RecoveryCodes], error) {
	return answer(s.ProveSecondStep(ctx, in.Body.Code))
}

func (s *Store) postRecoveryCodes(ctx context.Context, in *body[PresentPassword]) (*reply[RecoveryCodes], error) {
	return answer(s.RenewRecoveryCodes(ctx, in.Body.Password))
}

func (s *Store) postSecondStepOff(ctx context.Context, in *body[PresentPassword]) (*none, error) {
	return nil, s.EndSecondStep(ctx, in.Body.Password)
}

func (s *Store) deleteSecondStep(ctx context.Context, in *byID) (*none, error) {
	return nil, s.ResetSecondStep(ctx, in.ID)
}
