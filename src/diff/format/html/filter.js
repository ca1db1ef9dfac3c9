const input = document.getElementById("filter");
const count = document.getElementById("shown");
const objects = [...document.querySelectorAll("details.object")].map(element => [element, element.textContent.toLowerCase()]);
const sections = [...document.querySelectorAll("details.overlay")];
input.closest("form").hidden = false;
input.closest("form").addEventListener("submit", event => event.preventDefault());
input.addEventListener("input", () => {
  const words = input.value.toLowerCase().split(/\s+/).filter(word => word);
  let shown = 0;
  for (const [element, text] of objects) {
    const section = element.closest("details.overlay");
    const name = section ? section.firstElementChild.textContent.toLowerCase() : "";
    element.hidden = !words.every(word => text.includes(word) || name.includes(word));
    shown += element.hidden ? 0 : 1;
  }
  for (const section of sections) {
    section.hidden = words.length > 0 && !section.querySelector("details.object:not([hidden])");
  }
  count.textContent = words.length ? `${shown} of ${objects.length}` : "";
});
