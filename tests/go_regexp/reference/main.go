// Reads {"patterns": [...], "texts": [...]} and writes one line of JSON per pattern: the error of regexp.Compile, or where the
// pattern matches first in each text. `go run main.go` needs nothing but Go's standard library.
package main

import (
	"encoding/json"
	"os"
	"regexp"
)

type answer struct {
	Error string  `json:"error,omitempty"`
	Found [][]int `json:"found,omitempty"`
}

func main() {
	var input struct{ Patterns, Texts []string }
	if err := json.NewDecoder(os.Stdin).Decode(&input); err != nil {
		panic(err)
	}
	output := json.NewEncoder(os.Stdout)
	for _, pattern := range input.Patterns {
		var line answer
		if compiled, err := regexp.Compile(pattern); err != nil {
			line.Error = err.Error()
		} else {
			for _, text := range input.Texts {
				line.Found = append(line.Found, compiled.FindStringIndex(text))
			}
		}
		if err := output.Encode(line); err != nil {
			panic(err)
		}
	}
}
