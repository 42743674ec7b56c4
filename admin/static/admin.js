// Small comforts of the marketer's pages. Every page works without them.

// A chart tells the day under the pointer, or under the arrow keys.
for (const chart of document.querySelectorAll("svg[data-readout]")) {
  const readout = document.getElementById(chart.dataset.readout);
  const days = [...chart.querySelectorAll(".day")];
  const step = document.dir === "rtl" ? -1 : 1;
  let at = days.length - 1;

  const show = (place) => {
    days[at].classList.remove("told");
    at = Math.max(0, Math.min(days.length - 1, place));
    days[at].classList.add("told");
    readout.textContent = days[at].dataset.said;
  };

  chart.addEventListener("pointerover", (event) => {
    const day = event.target.closest(".day");
    if (day) show(days.indexOf(day));
  });
  chart.addEventListener("pointerleave", () => {
    show(days.length - 1);
    days[at].classList.remove("told");
  });
  chart.addEventListener("keydown", (event) => {
    const move = { ArrowRight: step, ArrowLeft: -step, Home: -days.length, End: days.length }[event.key];
    if (!move) return;
    event.preventDefault();
    show(at + move);
  });
  chart.addEventListener("blur", () => days[at].classList.remove("told"));
}

// A menu closes when one leaves it.
for (const menu of document.querySelectorAll("details.who")) {
  document.addEventListener("click", (event) => {
    if (!menu.contains(event.target)) menu.open = false;
  });
  menu.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !menu.open) return;
    menu.open = false;
    menu.querySelector("summary").focus();
  });
}
