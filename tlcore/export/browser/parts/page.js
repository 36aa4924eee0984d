// What a person sees and does: camera, photos, bars.

const facts = JSON.parse(block("facts").textContent);
const camera = block("camera");
const canvas = block("photo");
const MOST_BARS = 8; // of more classes only the most probable are shown
const MOST_PIXELS = 16_000_000; // as many as every browser draws at once
const GAP = 100; // milliseconds between two answers from the camera: enough to follow, and the machine stays cool
let network = null;
let facing = "environment";

function say(text) {
  block("status").textContent = text;
}

function probabilityText(probability) {
  if (probability < 0.01) return "under 1 %";
  return probability > 0.99 ? "over 99 %" : `${Math.round(100 * probability)} %`;
}

function showAnswer(probabilities, milliseconds) {
  const ranked = probabilities.map((_, index) => index).sort((a, b) => probabilities[b] - probabilities[a]);
  const shown = probabilities.length > MOST_BARS ? ranked.slice(0, MOST_BARS) : [...probabilities.keys()];
  const bars = shown.map((index) => {
    const row = block("bar").content.firstElementChild.cloneNode(true);
    const [name, track, share] = row.children;
    name.textContent = facts.classes[index];
    track.firstElementChild.style.width = `${100 * probabilities[index]}%`;
    share.textContent = probabilityText(probabilities[index]);
    row.dataset.probability = probabilities[index];
    row.classList.toggle("best", index === ranked[0]);
    return row;
  });
  block("bars").replaceChildren(...bars);
  const best = ranked[0];
  block("answer").textContent = `${facts.classes[best]} (${probabilityText(probabilities[best])})`;
  block("time").textContent = `This answer took ${Math.round(milliseconds)} ms on this device.`;
  if (block("status").textContent) say("");
}

// Pixels of a picture on white paper, upright, without the color profile, as the studio reads photos.
function readPixels(picture, width, height) {
  const scale = Math.min(1, Math.sqrt(MOST_PIXELS / (width * height)));
  canvas.width = Math.max(1, Math.round(width * scale));
  canvas.height = Math.max(1, Math.round(height * scale));
  const drawing = canvas.getContext("2d", { willReadFrequently: true });
  drawing.imageSmoothingQuality = "high";
  drawing.fillStyle = "white";
  drawing.fillRect(0, 0, canvas.width, canvas.height);
  drawing.drawImage(picture, 0, 0, canvas.width, canvas.height);
  return drawing.getImageData(0, 0, canvas.width, canvas.height);
}

async function classify(pixels) {
  const began = performance.now();
  const probabilities = await network(makeSquare(pixels, facts.size, facts.resize));
  showAnswer(probabilities, performance.now() - began);
}

// Where a crop cuts off the borders, a frame shows what the network sees.
function showFrame(width, height) {
  const side = 0.875 * Math.min(width, height);
  const frame = block("frame");
  frame.hidden = facts.resize !== "crop";
  frame.style.inset = `${(50 * (height - side)) / height}% ${(50 * (width - side)) / width}%`;
}

async function openPhoto(file) {
  stopCamera();
  let picture;
  try {
    picture = await createImageBitmap(file, { imageOrientation: "from-image", colorSpaceConversion: "none" });
  } catch {
    say(`This browser cannot open ${file.name}. Choose a JPEG or PNG file.`);
    return;
  }
  const pixels = readPixels(picture, picture.width, picture.height);
  picture.close();
  canvas.hidden = false;
  block("empty").hidden = true;
  showFrame(pixels.width, pixels.height);
  const scale = file.type === "image/jpeg" ? jpegScale(pixels, facts.size) : 1;
  await classify(shrink(pixels, scale));
}

function stopCamera() {
  for (const track of camera.srcObject?.getTracks() ?? []) track.stop();
  camera.srcObject = null;
  camera.hidden = true;
  block("turn").hidden = true;
  block("start").textContent = "Start camera";
  block("answer").setAttribute("aria-live", "polite");
}

async function startCamera() {
  try {
    camera.srcObject = await navigator.mediaDevices.getUserMedia({ video: { facingMode: facing } });
    await camera.play();
  } catch (error) {
    stopCamera();
    const denied = error.name === "NotAllowedError";
    say(denied ? "The browser was not allowed to use the camera. Allow it, or choose a photo."
      : "This browser gives this page no camera. Choose a photo instead, or see below.");
    return;
  }
  canvas.hidden = true;
  block("empty").hidden = true;
  camera.hidden = false;
  block("start").textContent = "Stop camera";
  block("answer").setAttribute("aria-live", "off"); // ten answers a second are for eyes only
  const devices = await navigator.mediaDevices.enumerateDevices();
  block("turn").hidden = devices.filter((device) => device.kind === "videoinput").length < 2;
  await watch(camera.srcObject);
}

async function watch(film) {
  while (camera.srcObject === film) {
    const pixels = readPixels(camera, camera.videoWidth, camera.videoHeight);
    showFrame(pixels.width, pixels.height);
    await classify(pixels);
    await new Promise((resolve) => setTimeout(resolve, GAP));
    await new Promise(requestAnimationFrame); // a page in the background rests
  }
}

async function turnCamera() {
  facing = facing === "user" ? "environment" : "user";
  stopCamera();
  await startCamera();
}

function listen() {
  block("start").addEventListener("click", () => (camera.srcObject ? stopCamera() : startCamera()));
  block("turn").addEventListener("click", turnCamera);
  block("choose").addEventListener("click", () => block("file").click());
  block("file").addEventListener("change", ({ target }) => {
    if (target.files[0]) openPhoto(target.files[0]);
    target.value = ""; // so that the same photo can be chosen again
  });
  document.addEventListener("dragover", (event) => event.preventDefault());
  document.addEventListener("drop", (event) => {
    event.preventDefault();
    if (network && event.dataTransfer.files[0]) openPhoto(event.dataTransfer.files[0]);
  });
}

async function begin() {
  try {
    network = await startNetwork(facts.size);
    await network(new Float32Array(facts.size ** 2 * 3)); // the first answer takes longest, and shows whether any comes
  } catch (error) {
    console.error(error);
    say("The network does not start in this browser. It needs Chrome or Edge 91, Firefox 113, Safari 16.4, or newer.");
    return;
  }
  for (const name of ["start", "choose"]) block(name).disabled = false;
  say("Ready. Start the camera, or choose a photo.");
}

listen();
begin();
