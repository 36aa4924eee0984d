// The network and what computes it, both from this file: unpacked here, asked nowhere else.

const block = (name) => document.getElementById(name);

async function unpack(name) {
  const text = atob(block(name).textContent);
  block(name).remove(); // it would stay in memory
  const packed = new Uint8Array(text.length);
  for (let index = 0; index < text.length; index++) packed[index] = text.charCodeAt(index);
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

async function scriptAddress(name) {
  return URL.createObjectURL(new Blob([await unpack(name)], { type: "text/javascript" }));
}

async function runScript(address) {
  const script = document.createElement("script");
  script.src = address;
  await new Promise((resolve, reject) => {
    script.addEventListener("load", resolve);
    script.addEventListener("error", () => reject(new Error("the runtime does not start")));
    document.head.append(script);
  });
}

// The runtime's module calls this where it would load its WebAssembly from a server.
async function createWasmLib(LiteRt) {
  const wasmBinary = await unpack("runtime-wasm");
  return new LiteRt(await window.ModuleFactory({ wasmBinary, printErr: console.debug })); // its log is not of errors only
}

// Returns a function: float32 RGB (size x size, 0..255) → the probability of each class.
async function startNetwork(size) {
  // The processor gives the same numbers on every machine; graphics cards round in their own ways.
  Object.defineProperty(navigator, "gpu", { value: undefined, configurable: true });
  await runScript(await scriptAddress("runtime-loader"));
  const litert = await import(await scriptAddress("runtime-module"));
  await litert.loadLiteRt("embedded.js");
  const model = await litert.loadAndCompile(await unpack("network"), { accelerator: "wasm" });
  return async (square) => {
    const photo = new litert.Tensor(square, [1, size, size, 3]);
    const [answer] = await model.run(photo);
    const probabilities = Array.from(await answer.data());
    photo.delete(); // the runtime's memory is not collected by the browser
    answer.delete();
    return probabilities;
  };
}
