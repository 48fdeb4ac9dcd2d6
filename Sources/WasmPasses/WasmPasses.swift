// WasmPasses
