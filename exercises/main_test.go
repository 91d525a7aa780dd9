package exercises_test

import (
	"testing"

	"github.com/redis/go-redis/v9/logging"
	"go.uber.org/goleak"
)

// TestMain fails when a lesson leaves a goroutine behind.
func TestMain(m *testing.M) {
	logging.Disable() // lessons break connections on purpose
	goleak.VerifyTestMain(m)
}
