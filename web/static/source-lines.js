// Numbers beside a text that is written line by line, and the way from a mistake to its line. Without this file the
// text is written all the same: each mistake shows its line.

for (const box of document.querySelectorAll("[data-numbered]")) number(box.querySelector("textarea"));

function number(text) {
  const numbers = document.createElement("pre");
  numbers.className = "source-numbers";
  numbers.setAttribute("aria-hidden", "true");
  const frame = document.createElement("div");
  frame.className = "source-frame";
  text.before(frame);
  frame.append(numbers, text);
  const write = () => {
    const count = text.value.split("\n").length;
    if (numbers.dataset.count === String(count)) return;
    numbers.dataset.count = count;
    numbers.textContent = Array.from({ length: count }, (_, at) => at + 1).join("\n");
  };
  const follow = () => (numbers.scrollTop = text.scrollTop);
  text.addEventListener("input", write);
  text.addEventListener("scroll", follow);
  write();
  document.addEventListener("click", (event) => {
    const line = event.target.closest("[data-line]")?.dataset.line;
    if (!line) return;
    event.preventDefault();
    const lines = text.value.split("\n");
    const start = lines.slice(0, line - 1).join("\n").length + (line > 1 ? 1 : 0);
    text.focus();
    text.setSelectionRange(start, start + (lines[line - 1] ?? "").length);
    text.scrollTop = (line - 4) * (text.scrollHeight / lines.length);
    follow();
  });
}
