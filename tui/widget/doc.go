// Package widget holds the pieces every page is drawn with: theme, frames, footers,
// menus, wrapping that knows Chinese, Markdown. Nothing in here knows Redis or lessons.
//
// A component keeps its own size and is drawn by its owner:
//
//	menu := widget.NewMenu("Faults", []widget.Item{{Key: "k", Label: "kill -9"}})
//	menu, picked := menu.Update(msg)      // picked is the index, or widget.None
//	screen = widget.Overlay(screen, menu.View(theme), 80, 24)
package widget
