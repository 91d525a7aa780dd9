package replication

import (
	"context"
	"fmt"

	"redislab/exercises/kit"
	"redislab/exercises/kit/expect"
	"redislab/exercises/kit/wire"
)

// pretendPort is the port that the pretend replica claims to listen on.
const pretendPort = 7

// asReplica connects to a node as a replica would, introduces itself and asks.
func asReplica(ctx context.Context, r *kit.Run, node, id string, offset int64) (*wire.Conn, wire.PSyncReply, error) {
	c, err := r.Wire(ctx, node)
	if err != nil {
		return nil, wire.PSyncReply{}, err
	}
	if err := c.Introduce(pretendPort); err != nil {
		_ = c.Close()
		return nil, wire.PSyncReply{}, fmt.Errorf("pretend replica of %s: %w", node, err)
	}
	rep, err := c.PSync(id, offset)
	if err != nil {
		_ = c.Close()
		return nil, rep, fmt.Errorf("pretend replica of %s: %w", node, err)
	}
	return c, rep, nil
}

// askOnce is asReplica for its answer only.
func askOnce(ctx context.Context, r *kit.Run, node, id string, offset int64) (wire.PSyncReply, error) {
	c, rep, err := asReplica(ctx, r, node, id, offset)
	if err != nil {
		return rep, err
	}
	return rep, c.Close()
}

// position is a node's replication id and offset.
func position(ctx context.Context, r *kit.Run, node string) (id string, offset int64, err error) {
	id, err = expect.Field(ctx, r, node, "replication", "master_replid")
	if err != nil {
		return "", 0, err
	}
	offset, err = expect.Number(ctx, r, node, "replication", "master_repl_offset")
	return id, offset, err
}

// needsAll asks for a byte without an introduction, which spares the master the
// wait for other replicas before a snapshot, and reports whether the answer is
// FULLRESYNC.
func needsAll(ctx context.Context, r *kit.Run, node, id string, offset int64) (bool, error) {
	c, err := r.Wire(ctx, node)
	if err != nil {
		return false, err
	}
	defer func() { _ = c.Close() }()
	rep, err := c.PSync(id, offset)
	if err == nil {
		err = rep.Err
	}
	return rep.Full, err
}
