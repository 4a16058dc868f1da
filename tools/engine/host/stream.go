package host

import (
	"io"
	"sync"

	"google.golang.org/grpc"
)

// serialized lets a child's two output streams share one call, which allows one sender at a time.
type serialized[Response any] struct {
	grpc.ServerStreamingServer[Response]
	mutex sync.Mutex
}

func (s *serialized[Response]) Send(response *Response) error {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	return s.ServerStreamingServer.Send(response)
}

// writer sends what is written to it as one response each time.
func (s *serialized[Response]) writer(wrap func([]byte) *Response) io.Writer {
	return writerFunc(func(bytes []byte) error { return s.Send(wrap(bytes)) })
}

// writerFunc makes a writer of a function that takes all bytes or fails.
type writerFunc func([]byte) error

func (f writerFunc) Write(bytes []byte) (int, error) {
	if err := f(bytes); err != nil {
		return 0, err
	}
	return len(bytes), nil
}
