package access

import (
	"context"

	"ringbook/crm"
)

func (s *Store) getUsers(ctx context.Context, in *struct {
	Left bool `query:"left" doc:"Also those who are switched off"`
}) (*items[User], error) {
	return list(s.Users(ctx, in.Left))
}

func (s *Store) getUser(ctx context.Context, in *byID) (*reply[User], error) {
	return answer(s.User(ctx, in.ID))
}

func (s *Store) postUser(ctx context.Context, in *body[NewUser]) (*reply[User], error) {
	return answer(s.AddUser(ctx, in.Body))
}

func (s *Store) patchUser(ctx context.Context, in *change[UserChange]) (*reply[User], error) {
	return answer(s.ChangeUser(ctx, in.ID, in.Body))
}

// NewPassword is the password that an administrator gives somebody.
type NewPassword struct {
	Password string `json:"password" maxLength:"200"`
}

func (s *Store) postPassword(ctx context.Context, in *change[NewPassword]) (*none, error) {
	if in.ID == crm.ActorFrom(ctx).User {
		return nil, crm.Conflict("own_password") // it takes the present one, which whoever found the screen open does not know
	}
	return nil, s.SetPassword(ctx, in.ID, in.Body.Password, "")
}

func (s *Store) getTeams(ctx context.Context, _ *none) (*items[Team], error) {
	return list(s.Teams(ctx))
}

// TeamName is a team to be saved.
type TeamName struct {
	Name string `json:"name" maxLength:"200"`
}

func (s *Store) postTeam(ctx context.Context, in *body[TeamName]) (*reply[Team], error) {
	return answer(s.SaveTeam(ctx, Team{Name: in.Body.Name}))
}

func (s *Store) patchTeam(ctx context.Context, in *change[TeamName]) (*reply[Team], error) {
	return answer(s.SaveTeam(ctx, Team{ID: in.ID, Name: in.Body.Name}))
}

func (s *Store) getRoles(ctx context.Context, _ *none) (*items[Role], error) {
	return list(s.Roles(ctx))
}

// RoleRights are the rights that a role is to have.
type RoleRights struct {
	Rights []string `json:"rights" maxItems:"200"`
}

func (s *Store) putRole(ctx context.Context, in *struct {
	Name string `path:"name"`
	Body RoleRights
}) (*reply[Role], error) {
	return answer(s.SaveRole(ctx, Role{Name: in.Name, Rights: in.Body.Rights}))
}

func (s *Store) deleteRole(ctx context.Context, in *struct {
	Name string `path:"name"`
}) (*none, error) {
	return nil, s.DeleteRole(ctx, in.Name)
}

func (s *Store) getTokens(ctx context.Context, _ *none) (*items[APIToken], error) {
	return list(s.Tokens(ctx))
}

// TokenWish asks for a token; without an e-mail it is one's own.
type TokenWish struct {
	Name  string `json:"name" maxLength:"200"`
	Email string `json:"email,omitempty" maxLength:"200"`
}

// NewToken is a token with its secret, which is shown only here.
type NewToken struct {
	APIToken
	Secret string `json:"secret"`
}

func (s *Store) postToken(ctx context.Context, in *body[TokenWish]) (*reply[NewToken], error) {
	if in.Body.Email == "" {
		me, err := s.User(ctx, crm.ActorFrom(ctx).User)
		if err != nil {
			return nil, err
		}
		in.Body.Email = me.Email
	}
	text, token, err := s.CreateToken(ctx, in.Body.Email, in.Body.Name)
	return answer(NewToken{APIToken: token, Secret: text}, err)
}

func (s *Store) deleteToken(ctx context.Context, in *byID) (*none, error) {
	return nil, s.EndToken(ctx, in.ID)
}
