package proc

import "runtime"

// spawner starts processes from one thread that lives as long as the backend: Linux ends the children (Pdeathsig) when
// the thread that started them ends, not the process.
type spawner struct {
	jobs chan func()
	done chan struct{}
}

func newSpawner() *spawner {
	s := &spawner{jobs: make(chan func()), done: make(chan struct{})}
	go func() {
		defer close(s.done)
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		for job := range s.jobs {
			job()
		}
	}()
	return s
}

func (s *spawner) run(start func() error) error {
	result := make(chan error, 1)
	s.jobs <- func() { result <- start() }
	return <-result
}

func (s *spawner) close() {
	close(s.jobs)
	<-s.done
}
