// Photos that are pasted, or dropped anywhere on the page, go the way of those that are chosen: into the field for photos.

const FIELD = ".st-key-photos input[type=file]";
const PATIENCE = 10_000;  // ms in which the field appears
let ask = () => {};

export default function ({parentElement, setTriggerValue}) {
  ask = () => setTriggerValue("asked", true);
  parentElement.forget ??= listen();
  return parentElement.forget;
}

function listen() {
  const listeners = [
    [document, "paste", event => give(event, event.clipboardData?.files)],
    [document, "dragover", event => event.dataTransfer?.types.includes("Files") && event.preventDefault()],
    [document, "drop", event => isOutside(event) && give(event, event.dataTransfer?.files)],
    [window, "photos-given", event => give(event, event.detail)],
  ];
  for (const [target, name, listener] of listeners) target.addEventListener(name, listener);
  return () => {
    for (const [target, name, listener] of listeners) target.removeEventListener(name, listener);
  };
}

// Fields for files take by themselves what is dropped onto them.
function isOutside(event) {
  return !event.composedPath().some(node => node.dataset?.testid === "stFileUploader");
}

function give(event, files) {
  const photos = [...(files ?? [])];
  if (!photos.length) return;
  event.preventDefault();
  if (!document.querySelector(FIELD)) ask();
  const started = Date.now();
  const timer = setInterval(() => {
    const field = document.querySelector(FIELD);
    if (field || Date.now() - started > PATIENCE) clearInterval(timer);
    if (!field) return;
    const carried = new DataTransfer();
    photos.forEach(photo => carried.items.add(photo));
    field.files = carried.files;
    field.dispatchEvent(new Event("change", {bubbles: true}));
  }, 50);
}
