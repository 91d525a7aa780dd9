package widget

import (
	"strings"

	"github.com/charmbracelet/x/ansi"
)

// Overlay lays the lines of front in the middle of back.
func Overlay(back, front []string, width int) []string {
	return OverlayAt(back, front, width, (len(back)-len(front))/2)
}

// OverlayAt lays the lines of front over back from line y on, in the middle of the width.
func OverlayAt(back, front []string, width, y int) []string {
	fw := 0
	for _, l := range front {
		fw = max(fw, Width(l))
	}
	x := max(0, (width-fw)/2)
	y = max(0, y)
	out := append([]string(nil), back...)
	for i, l := range front {
		if y+i >= len(out) {
			break
		}
		out[y+i] = overlayLine(out[y+i], Fit(l, fw), x, fw, width)
	}
	return out
}

func overlayLine(back, front string, x, fw, width int) string {
	back = Fit(back, width)
	left := ansi.Truncate(back, x, "")
	left += strings.Repeat(" ", max(0, x-Width(left))) // half of a wide character was cut away
	right := ansi.TruncateLeft(back, x+fw, "")
	if Width(right) > width-x-fw {
		right = ansi.TruncateLeft(back, x+fw+1, "")
	}
	right = strings.Repeat(" ", max(0, width-x-fw-Width(right))) + right
	return left + front + right
}

// Center puts lines in the middle of width × height.
func Center(lines []string, width, height int) []string {
	blank := make([]string, height)
	for i := range blank {
		blank[i] = strings.Repeat(" ", max(0, width))
	}
	return Overlay(blank, lines, width)
}

// Beside joins two blocks of lines; left must be of even width.
func Beside(left, right []string) []string {
	n := max(len(left), len(right))
	out := make([]string, n)
	for i := range out {
		if i < len(left) {
			out[i] = left[i]
		}
		if i < len(right) {
			out[i] += right[i]
		}
	}
	return out
}
