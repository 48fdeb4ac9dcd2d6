.PHONY: demo test

# Runs the quick start in a real browser and shows what it prints.
demo:
	scripts/install-engines.sh chromium
	swift build --product webble
	"$$(swift build --show-bin-path)/webble" run Examples/QuickStart -c release --in chromium --timeout 120

# All tests; the last line is their sum.
test:
	scripts/install-engines.sh node chromium firefox webkit tsc
	scripts/test.sh
