package sentinel

import "strings"

// helloMessage is what sentinels tell each other through masters and replicas, and directly.
type helloMessage struct {
	ip          string
	port        int
	runID       string
	epoch       uint64
	name        string // of the master
	masterIP    string
	masterPort  int
	configEpoch uint64
}

func parseHello(payload string) (h helloMessage, ok bool) {
	w := strings.Split(payload, ",")
	if len(w) != 8 {
		return h, false
	}
	return helloMessage{ip: w[0], port: atoi(w[1]), runID: w[2], epoch: parseEpoch(w[3]),
		name: w[4], masterIP: w[5], masterPort: atoi(w[6]), configEpoch: parseEpoch(w[7])}, true
}

// heard takes a message of the hello channel. Our own come back too.
func (m *Machine) heard(payload string) {
	if !strings.Contains(payload, m.myID) {
		m.hello(payload)
	}
}

// hello learns of another sentinel, of a newer epoch and of a newer configuration. Hellos about masters that we do not
// watch are passed over.
func (m *Machine) hello(payload string) {
	h, ok := parseHello(payload)
	if !ok {
		return
	}
	g := m.group(h.name)
	if g == nil {
		return
	}
	p := m.meet(g, h)
	if h.epoch > m.epoch {
		m.newEpoch(g, h.epoch)
	}
	if p == nil {
		return
	}
	if g.configEpoch < h.configEpoch {
		m.adopt(g, p, h)
	}
	p.lastHello = m.now
}

func (m *Machine) newEpoch(g *group, epoch uint64) {
	m.epoch = epoch
	m.save()
	m.eventText(Warning, "+new-epoch", g.instance, "%d", m.epoch)
}

// meet finds the sentinel that says hello. One that is not known under this address is new, has moved, or stands where
// another one stood that must be gone then.
func (m *Machine) meet(g *group, h helloMessage) *instance {
	addr, err := m.addr(h.ip, h.port, true)
	if err != nil {
		return nil
	}
	if p := g.peer(h.runID); p != nil && p.addr.same(addr) {
		return p
	}
	moved := m.removePeer(g, h.runID)
	if moved {
		m.event(Notice, "+sentinel-address-switch", g.instance, " ip %s port %d for %s", h.ip, h.port, h.runID)
	} else {
		m.evict(g, addr)
	}
	p := m.addPeer(g, h.ip, h.port, h.runID)
	if p == nil {
		return nil
	}
	if moved {
		m.moved(p)
	} else {
		m.event(Notice, "+sentinel", p, "")
	}
	m.save()
	return p
}

// evict forgets the sentinel, for all masters, whose address another one has now.
func (m *Machine) evict(g *group, addr Addr) {
	for _, p := range g.peers {
		if !p.addr.same(addr) {
			continue
		}
		m.event(Notice, "+sentinel-invalid-addr", p, "")
		for _, other := range m.groups {
			m.removePeer(other, p.runID)
		}
		return
	}
}

// moved gives a sentinel its new address with the other masters too, and drops connections to the old one.
func (m *Machine) moved(p *instance) {
	changed := 0
	for _, g := range m.groups {
		other := g.peer(p.runID)
		if other == nil {
			continue
		}
		m.closeLink(other.link)
		if other != p {
			other.addr = p.addr
			changed++
		}
	}
	if changed > 0 {
		m.event(Notice, "+sentinel-address-update", p, " %d additional matching instances", changed)
	}
}

// adopt takes over a newer configuration of the master.
func (m *Machine) adopt(g *group, p *instance, h helloMessage) {
	g.configEpoch = h.configEpoch
	if h.masterPort == g.addr.Port && m.sameHost(g.addr, h.masterIP) {
		m.save() // Redis keeps it in memory only: after a restart the epoch would have gone back
		return
	}
	m.event(Warning, "+config-update-from", p, "")
	m.switchEvent(g, h.masterIP, h.masterPort)
	old := g.addr
	m.switchTo(g, h.masterIP, h.masterPort)
	m.clientReconfig(g, "observer", old, g.addr)
}

func (m *Machine) switchEvent(g *group, host string, port int) {
	m.eventText(Warning, "+switch-master", g.instance, "%s %s %d %s %d", g.name, m.host(g.addr), g.addr.Port, host, port)
}
