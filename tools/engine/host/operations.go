package host

import (
	"context"
	"sync"
)

// operations gives each call a context that ends with the call, with Cancel, or with the whole process.
type operations struct {
	mutex sync.Mutex
	base  context.Context
	round context.Context // until the next Cancel
	stop  context.CancelFunc
}

func newOperations(base context.Context) *operations {
	round, stop := context.WithCancel(base)
	return &operations{base: base, round: round, stop: stop}
}

// join derives the context of one call. The caller must run the returned function when the call ends.
func (o *operations) join(call context.Context) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(call)
	var round context.Context
	o.locked(func() { round = o.round })
	detach := context.AfterFunc(round, cancel)
	return ctx, func() {
		detach()
		cancel()
	}
}

// cancel ends the operations that run now.
func (o *operations) cancel() {
	o.locked(func() {
		o.stop()
		o.round, o.stop = context.WithCancel(o.base)
	})
}

func (o *operations) locked(do func()) {
	o.mutex.Lock()
	defer o.mutex.Unlock()
	do()
}
