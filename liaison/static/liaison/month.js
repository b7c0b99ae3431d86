/* Dragging a planned contact to another day of the month. The page does the same without this file: each contact leads
   to a form. Days that it may not go to are marked while it is dragged; the server has the last word, and says it. */
(() => {
  "use strict";
  let plan = null;
  let over = null;
  const found = (event, selector) => event.target instanceof Element && event.target.closest(selector);
  const takes = (day) => day.dataset.day >= plan.dataset.first && day.dataset.day <= plan.dataset.last;
  const say = (text) => (document.getElementById("month-said").textContent = text);
  const mark = (day) => {
    over?.classList.remove("day-over");
    over = day || null;
    over?.classList.add("day-over");
  };

  document.addEventListener("dragstart", (event) => {
    plan = found(event, ".plan[data-first]") || null;
    if (!plan) return;
    say("");
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", plan.textContent.trim());
    for (const day of document.querySelectorAll("[data-day]")) day.classList.toggle("day-refuses", !takes(day));
  });
  document.addEventListener("dragover", (event) => {
    if (!plan) return;
    mark(found(event, "[data-day]"));
    if (over && takes(over)) event.preventDefault();
  });
  document.addEventListener("drop", (event) => {
    const day = plan && found(event, "[data-day]");
    if (!day) return;
    event.preventDefault();
    if (!day.contains(plan)) move(plan, day.dataset.day);
  });
  document.addEventListener("dragend", (event) => {
    if (!plan) return;
    const let_go = event.dataTransfer.dropEffect === "none";
    if (let_go && over && !takes(over)) {
      const { first, last } = plan.dataset;
      say(plan.closest("table").dataset.why.replace("FIRST", first).replace("LAST", last));
    }
    mark(null);
    for (const day of document.querySelectorAll(".day-refuses")) day.classList.remove("day-refuses");
    plan = null;
  });

  const move = (chip, day) => {
    const { time, seen } = chip.dataset;
    const next = chip.closest("table").dataset.here;
    chip.classList.add("plan-moving");
    htmx
      .ajax("POST", chip.pathname, { target: "#main", select: "#main", swap: "outerHTML", values: { day, time, seen, next } })
      .then(() => document.getElementById(chip.id)?.focus({ preventScroll: true }));
  };
  for (const failure of ["htmx:responseError", "htmx:sendError"])
    document.addEventListener(failure, () => {
      const chip = document.querySelector(".plan-moving");
      if (!chip) return;
      chip.classList.remove("plan-moving");
      say(chip.closest("table").dataset.failed);
    });
})();
