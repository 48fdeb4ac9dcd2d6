.PHONY: demo test docs gallery install

# Runs the quick start in a real browser and shows what it prints.
demo:
	scripts/install-engines.sh chromium
	swift build --product webble
	"$$(swift build --show-bin-path)/webble" run Examples/QuickStart -c release --in chromium --timeout 120

# All tests; the last line is their sum.
test:
	scripts/install-engines.sh node chromium firefox webkit deno bun node24 tsc tsgo esbuild rollup webpack connect react vue
	scripts/test.sh

# The gallery of Examples/Gallery, in .build/gallery, as any static host can serve it.
gallery:
	scripts/gallery.sh .build/gallery

# The documentation of the libraries, as pages for a browser; a link that leads nowhere fails.
docs:
	scripts/docs.sh

# Where `make install` puts the tool: PREFIX/bin.
PREFIX ?= $(HOME)/.local

# Builds the tool optimised and puts it on the search path, so that no project compiles it. It builds programs
# from the sources of this checkout, which has to stay where it is.
install:
	swift build -c release --product webble
	mkdir -p "$(PREFIX)/bin"
	install -m 755 "$$(swift build -c release --show-bin-path)/webble" "$(PREFIX)/bin/webble"
	@case ":$$PATH:" in \
	  *":$(PREFIX)/bin:"*) echo "webble is in $(PREFIX)/bin." ;; \
	  *) echo "webble is in $(PREFIX)/bin, which is not on the search path yet. Add to your shell's profile:"; \
	    echo "  export PATH=\"$(PREFIX)/bin:\$$PATH\"" ;; \
	esac
