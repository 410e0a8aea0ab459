package notify

import (
	"context"
	"time"

	"amanah/internal/clock"
	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/identity"
	"amanah/internal/rest"
	"amanah/internal/web/i18n"
)

// REST adds the calls of one's own notices.
func (s *Service) REST(api *rest.API) {
	rest.Register(api, rest.Op{Method: "GET", Path: "/notifications", ID: "listNotifications", Tag: "Notifications", Summary: "List what the service told you, the newest first", Scope: "account:read", Person: true}, s.restList)
	rest.Register(api, rest.Op{Method: "POST", Path: "/notifications/read", ID: "readNotifications", Tag: "Notifications", Summary: "Mark one or all notifications as read", Scope: "account:write", Person: true}, s.restRead)
}

type notificationBody struct {
	ID    id.ID     `json:"id" format:"uuid" doc:"The notification."`
	Kind  string    `json:"kind" example:"capture.target.paused" doc:"What it is about, the same in every language."`
	Title string    `json:"title" example:"A target is paused" doc:"In the language of the request."`
	Text  string    `json:"text" example:"Deliveries keep failing." doc:"In the language of the request."`
	Tone  string    `json:"tone" enum:"info,warning,danger" doc:"How pressing it is."`
	Path  string    `json:"path,omitempty" example:"/app/targets" doc:"The page that it leads to, within the service."`
	At    time.Time `json:"at" doc:"When it happened."`
	New   bool      `json:"unread" doc:"Whether it was not read yet."`
}

type notificationsIn struct{ rest.Page }

func (s *Service) restList(ctx context.Context, in *notificationsIn) (*rest.List[notificationBody], error) {
	who, _ := identity.FromContext(ctx) // rest asks for a token
	var before clock.Instant
	if _, err := rest.Open(ctx, in.Page, &before); err != nil {
		return nil, err
	}
	all, _, err := s.For(ctx, who, before, in.Limit+1)
	if err != nil {
		return nil, err
	}
	say := i18n.From(ctx)
	var out []notificationBody
	var last clock.Instant
	for _, n := range all[:min(in.Limit, len(all))] {
		out = append(out, notificationBody{n.ID, n.Key, say.TMap(n.Key+".title", n.Args), say.TMap(n.Key+".text", n.Args), string(n.Tone), n.Link, n.At, n.Unread})
		last = clock.At(n.At)
	}
	return rest.Listed(ctx, out, last, len(all) > len(out))
}

type readIn struct {
	Body struct {
		ID string `json:"id,omitempty" format:"uuid" example:"0199b6a2-1f7a-7c3e-9d4e-2f6a1c0b8e11" doc:"The one; all where left out."`
	}
}

func (s *Service) restRead(ctx context.Context, in *readIn) (*struct{}, error) {
	who, _ := identity.FromContext(ctx) // rest asks for a token
	var one id.ID
	if in.Body.ID != "" {
		var err error
		if one, err = id.Parse(in.Body.ID); err != nil {
			return nil, fault.New(fault.Invalid, "notify.restRead", "not_found").On("id")
		}
	}
	return nil, s.MarkRead(ctx, who, one)
}
