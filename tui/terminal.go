package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/lipgloss"
	"github.com/mattn/go-isatty"
	"github.com/muesli/termenv"

	"redislab/exercises/kit"
	"redislab/lab"
	"redislab/tui/app"
	"redislab/tui/headless"
	"redislab/tui/i18n"
	"redislab/tui/page/lesson"
	"redislab/tui/ports"
	"redislab/tui/session"
	"redislab/tui/state"
	"redislab/tui/widget"
)

// learner is the store as the pages see it.
type learner struct{ *state.Store }

// Finish notes the time of now.
func (l learner) Finish(lesson, mode string) error { return l.Store.Finish(lesson, mode, time.Now()) }

// KeepSettings keeps language and mode for the next start.
func (l learner) KeepSettings(lang i18n.Lang, mode kit.Mode) error {
	return l.SetSettings(state.Settings{Lang: string(lang), Mode: string(mode)})
}

// openTUI runs the terminal program; whatever ends it, no lab is left.
func openTUI(ctx context.Context, s settings) (err error) {
	cfg, reg, err := configure(s)
	if err != nil {
		return err
	}
	if !isatty.IsTerminal(os.Stdin.Fd()) || !isatty.IsTerminal(os.Stdout.Fd()) {
		return errors.New("this is not a terminal: without one, use redislab list, redislab run or redislab up (see redislab --help)")
	}
	defer func() {
		if cerr := reg.CloseAll(); err == nil {
			err = cerr
		}
	}()
	cfg.Theme = theme()
	// ctx ends with a signal, and that ends the program as a key would. Bubbletea's own ways would not do: its handler takes the
	// signal for itself, and a program given ctx drops the terminal while it is still being read.
	p := tea.NewProgram(app.New(cfg), tea.WithAltScreen(), tea.WithoutSignalHandler())
	defer context.AfterFunc(ctx, p.Quit)()
	_, err = p.Run()
	return err
}

// theme follows the terminal: its colours, NO_COLOR, dark or light. Bubbletea has asked it about the background
// already, so that costs nothing here.
func theme() *widget.Theme {
	r := lipgloss.DefaultRenderer()
	return widget.NewTheme(r, r.HasDarkBackground(), r.ColorProfile() == termenv.Ascii)
}

// configure puts the program together and says what is wrong before the screen is taken over.
func configure(s settings) (app.Config, *session.Registry, error) {
	var cfg app.Config
	chosen, err := findBackend(s.backend, true)
	if err != nil {
		return cfg, nil, err
	}
	at, err := ports.Parse(s.ports)
	if err != nil {
		return cfg, nil, usage(err)
	}
	lang, err := s.language()
	if err != nil {
		return cfg, nil, err
	}
	dir, err := state.Dir(s.stateDir, os.Getenv)
	if err != nil {
		return cfg, nil, err
	}
	store, notice, err := state.Open(dir)
	if err != nil {
		return cfg, nil, err
	}
	caps, err := capabilities(chosen, s)
	if err != nil {
		return cfg, nil, err
	}
	cfg = app.Config{Lang: lang, Mode: kit.Watch, Backend: s.backend, Chapters: pages(), Store: learner{store}, Notice: notice}
	kept := store.Settings()
	if l, err := i18n.Parse(kept.Lang); err == nil && s.lang == "" {
		cfg.Lang = l
	}
	if kept.Mode == string(kit.Do) {
		cfg.Mode = kit.Do
	}
	cfg.Missing = func(ex kit.Exercise) []string { return headless.Missing(ex, caps) }
	reg := session.NewRegistry()
	cfg.Open = func(ex kit.Exercise, mode kit.Mode, l i18n.Lang) (lesson.Session, error) {
		b, err := chosen.open(s)
		if err != nil {
			return nil, err
		}
		return reg.Open(ex, b, mode, l, kit.WithTopology(at.Apply)), nil
	}
	return cfg, reg, nil
}

// capabilities asks a backend what it can do, before any lesson needs it.
func capabilities(chosen backend, s settings) (lab.Capabilities, error) {
	b, err := chosen.open(s)
	if err != nil {
		return lab.Capabilities{}, err
	}
	caps := b.Capabilities()
	if err := b.Close(); err != nil {
		return caps, fmt.Errorf("backend %s: %w", chosen.name, err)
	}
	return caps, nil
}
