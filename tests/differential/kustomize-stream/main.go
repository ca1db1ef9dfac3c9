// Builds the directories named on standard input, one a line, and answers `ok LENGTH`, `error LENGTH` or `crash LENGTH`
// and that many bytes. To build it, within a checkout of kustomize 5.8.1: copy this file to `kustomize/stream/main.go` and
// run `go build -o kustomize-stream ./stream` in `kustomize`.
package main

import (
	"bufio"
	"fmt"
	"os"
	"runtime/debug"
	"strings"
	"time"

	"sigs.k8s.io/kustomize/api/krusty"
	"sigs.k8s.io/kustomize/kyaml/filesys"
	"sigs.k8s.io/kustomize/kyaml/openapi"
)

type answer struct{ kind, text string }

func build(directory string) (result answer) {
	defer func() {
		if r := recover(); r != nil {
			result = answer{"crash", fmt.Sprint(r, "\n", string(debug.Stack()))}
		}
	}()
	options := krusty.MakeDefaultOptions()
	options.Reorder = krusty.ReorderOptionUnspecified
	m, err := krusty.MakeKustomizer(options).Run(filesys.MakeFsOnDisk(), directory)
	if err != nil {
		return answer{"error", err.Error()}
	}
	text, err := m.AsYaml()
	if err != nil {
		return answer{"error", err.Error()}
	}
	return answer{"ok", string(text)}
}

func main() {
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		words := strings.SplitN(lines.Text(), " ", 2)
		if words[0] == "reset" {
			openapi.ResetOpenAPI()
		}
		done := make(chan answer, 1)
		go func() { done <- build(words[1]) }()
		var result answer
		select {
		case result = <-done:
		case <-time.After(20 * time.Second):
			result = answer{"crash", "timeout"}
		}
		fmt.Printf("%s %d\n%s", result.kind, len(result.text), result.text)
		if result.text == "timeout" {
			os.Exit(3)
		}
	}
}
