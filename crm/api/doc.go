// Package api is the door: the typed REST routes under /api/v1 with their OpenAPI, the web app's files, the checks of
// health, and what every answer must carry. It holds no business of its own: routes.go mounts the slices.
package api
