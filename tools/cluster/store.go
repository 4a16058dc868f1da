package main

import (
	"errors"
	"net/url"
	"time"

	"go.etcd.io/etcd/server/v3/embed"
)

// storeAddress is a socket in the folder: nobody but its owner reaches it.
const storeAddress = "unix://etcd.sock:0"

// startStore starts etcd for one member. Nothing of it has to survive, so it never waits for the disk.
func startStore() (*embed.Etcd, error) {
	clients, err := url.Parse(storeAddress)
	if err != nil {
		return nil, err
	}
	peers := url.URL{Scheme: "unix", Host: "peer.sock:0"}
	config := embed.NewConfig()
	config.Dir = "etcd"
	config.LogLevel = "fatal"
	config.UnsafeNoFsync = true
	config.ListenClientUrls, config.AdvertiseClientUrls = []url.URL{*clients}, []url.URL{*clients}
	config.ListenPeerUrls, config.AdvertisePeerUrls = []url.URL{peers}, []url.URL{peers}
	config.InitialCluster = config.InitialClusterFromName(config.Name)
	store, err := embed.StartEtcd(config)
	if err != nil {
		return nil, err
	}
	select {
	case <-store.Server.ReadyNotify():
		return store, nil
	case err = <-store.Err():
	case <-time.After(30 * time.Second):
		err = errors.New("not ready within 30 s")
	}
	store.Close()
	return nil, err
}
