package sentinel

import "fmt"

// event tells of an instance: the payload names it, format and args add to that. Without an instance they are all.
func (m *Machine) event(level Level, name string, inst *instance, format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	if inst != nil {
		text = m.describe(inst) + text
	}
	m.publish(level, name, inst, text)
}

// eventText tells of an instance in words that do not begin with its description.
func (m *Machine) eventText(level Level, name string, inst *instance, format string, args ...any) {
	m.publish(level, name, inst, fmt.Sprintf(format, args...))
}

func (m *Machine) publish(level Level, name string, inst *instance, payload string) {
	e := Event{Level: level, Name: name, Payload: payload}
	if inst != nil {
		e.Master, e.Role, e.Instance = inst.group.name, inst.role, inst.name
		e.Addr = joinHostPort(m.host(inst.addr), inst.addr.Port)
	}
	m.emit(e)
	if level == Warning && inst != nil && inst.group.Notification != "" {
		m.schedule(inst.group.Notification, name, payload)
	}
}

// describe names an instance the way Sentinel's events do.
func (m *Machine) describe(inst *instance) string {
	text := fmt.Sprintf("%s %s %s %d", inst.role, inst.name, m.host(inst.addr), inst.addr.Port)
	if inst.role != Master {
		g := inst.group
		text += fmt.Sprintf(" @ %s %s %d", g.name, m.host(g.addr), g.addr.Port)
	}
	return text
}

func (m *Machine) log(level Level, format string, args ...any) {
	m.emit(Log{Level: level, Text: fmt.Sprintf(format, args...)})
}
