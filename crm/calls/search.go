package calls

import (
	"context"
	"fmt"

	"ringbook/crm"
	"ringbook/crm/clients"
)

// searchFrom is how many digits a number must have for its calls to be looked for.
const searchFrom = 4

// Search finds the last calls with a number that is being typed, of those that the actor may see. It is for [clients.Store.SearchAlso].
func (b *Book) Search(ctx context.Context, query string, limit int) ([]clients.Hit, error) {
	if !crm.ActorFrom(ctx).Can("calls.read") || !clients.LooksLikePhone(query) || len(crm.Digits(query)) < searchFrom {
		return nil, nil
	}
	page, err := b.List(ctx, Filter{Phone: query}, min(limit, 5), "")
	if err != nil {
		return nil, fmt.Errorf("searching for calls: %w", err)
	}
	hits := make([]clients.Hit, 0, len(page.Items))
	for _, c := range page.Items {
		hit := clients.Hit{Kind: "call", ID: c.ID, Title: c.Phone, Detail: c.NumberName, At: &c.StartedAt}
		if c.Client != nil && c.Client.Name != "" {
			hit.Title, hit.Detail = c.Client.Name, c.Phone
		}
		hits = append(hits, hit)
	}
	return hits, nil
}
