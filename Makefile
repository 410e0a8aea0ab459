# Two commands do everything: make run, make test.
export CGO_ENABLED ?= 0
GO      ?= go
TOOL    := $(GO) tool -modfile=tools/go.mod
VERSION := $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
FLAGS   := -tags nodynamic -trimpath -ldflags "-s -w -X main.version=$(VERSION)"

.PHONY: run build test check lint generate bench clean

run: build ## builds and starts the demo
	./bin/amanah serve --demo

build:
	@tools/setup.sh run
	$(GO) build $(FLAGS) -o bin/amanah ./cmd/amanah

test: ## everything: form, generated files, both engines, a real browser
	@tools/setup.sh test
	@test -z "$$(gofmt -l $$(git ls-files '*.go'))" || { echo "gofmt would change:"; gofmt -l $$(git ls-files '*.go'); exit 1; }
	$(GO) vet ./...
	$(GO) run ./cmd/amanah check
	$(GO) test -timeout 20m ./...

check: lint ## what a reviewer asks for besides: linter, generated files, the doors, the tags, the gate
	$(TOOL) templ generate -path internal >/dev/null 2>&1 && git diff --exit-code -- '*_templ.go'
	$(GO) vet ./...
	$(GO) run ./cmd/amanah check
	$(GO) test -count=1 ./test/house ./internal/privacy/egress
	$(GO) test -count=1 -run TestGuard ./internal/app

lint:
	$(TOOL) golangci-lint run ./...

generate:
	$(TOOL) templ generate -path internal

bench: build ## the project's own measurements, as JSON
	./bin/amanah bench all

clean:
	rm -rf bin
