package main

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/hex"
	"encoding/pem"
	"fmt"
	"net"
	"os"
	"time"

	"github.com/spf13/pflag"
	utilerrors "k8s.io/apimachinery/pkg/util/errors"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
	"k8s.io/kubernetes/cmd/kube-apiserver/app"
	"k8s.io/kubernetes/cmd/kube-apiserver/app/options"
)

const (
	accountKey   = "accounts.key"
	tokenFile    = "token"
	tokensFile   = "tokens.csv"
	certificates = "certificates"
	readySeconds = 60
)

// serve runs the API server until the context ends, and tells its address once it is ready.
//
// Who has the token may do everything, as the rules that are judged are about objects and not about people.
func serve(ctx context.Context, ready func(string)) error {
	token, err := credentials()
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	opts := options.NewServerRunOptions()
	flags := pflag.NewFlagSet("", pflag.ContinueOnError)
	for _, set := range opts.Flags().FlagSets {
		flags.AddFlagSet(set)
	}
	if err := flags.Parse(arguments()); err != nil {
		return err
	}
	address := listener.Addr().(*net.TCPAddr)
	opts.SecureServing.Listener, opts.SecureServing.BindPort = listener, address.Port
	opts.SecureServing.ExternalAddress = address.IP
	if err := opts.GenericServerRunOptions.ComponentGlobalsRegistry.Set(); err != nil {
		return err
	}
	rest.SetDefaultWarningHandler(rest.NoWarnings{})
	completed, err := opts.Complete(ctx)
	if err != nil {
		return err
	}
	if problems := completed.Validate(); len(problems) != 0 {
		return utilerrors.NewAggregate(problems)
	}
	go announce(ctx, fmt.Sprintf("https://%s", address), token, ready)
	return app.Run(ctx, completed)
}

// arguments are what every managed cluster sets too, and beyond that the defaults of this version.
func arguments() []string {
	return []string{
		"--etcd-servers=" + storeAddress,
		"--cert-dir=" + certificates,
		"--token-auth-file=" + tokensFile,
		"--anonymous-auth=false",
		"--authorization-mode=AlwaysAllow",
		"--allow-privileged",
		"--service-cluster-ip-range=10.0.0.0/16",
		"--service-account-issuer=https://kubernetes.default.svc",
		"--service-account-signing-key-file=" + accountKey,
		"--service-account-key-file=" + accountKey,
		"--endpoint-reconciler-type=none",
		"--shutdown-delay-duration=0s",
	}
}

// credentials writes a token that opens everything, and the key by which service accounts would sign.
func credentials() (string, error) {
	secret := make([]byte, 24)
	if _, err := rand.Read(secret); err != nil {
		return "", err
	}
	token := hex.EncodeToString(secret)
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		return "", err
	}
	block := pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(key)})
	for name, content := range map[string][]byte{
		accountKey: block,
		tokenFile:  []byte(token),
		tokensFile: []byte(token + ",causeway,causeway,system:masters\n"),
	} {
		if err := os.WriteFile(name, content, 0o600); err != nil {
			return "", err
		}
	}
	return token, nil
}

// announce tells the address when the server is ready. If it never is, the caller's own patience ends.
func announce(ctx context.Context, address, token string, ready func(string)) {
	config := &rest.Config{
		Host:            address,
		BearerToken:     token,
		TLSClientConfig: rest.TLSClientConfig{CAFile: certificates + "/apiserver.crt"},
		Timeout:         time.Second,
	}
	for range readySeconds * 10 {
		if ctx.Err() != nil {
			return
		}
		if client, err := kubernetes.NewForConfig(config); err == nil {
			if _, err = client.Discovery().RESTClient().Get().AbsPath("/readyz").DoRaw(ctx); err == nil {
				ready(address)
				return
			}
		}
		time.Sleep(100 * time.Millisecond)
	}
}
