/* Quicker, never needed: every page does its job without this file. It runs in the head, before the first paint,
   so that a device's dark theme does not flash white; the rest listens on the document. */
(() => {
  "use strict";
  const root = document.documentElement;
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const paint = () => {
    const theme = root.dataset.theme;
    root.dataset.bsTheme = theme === "auto" ? (dark.matches ? "dark" : "light") : theme;
  };
  paint();
  root.classList.add("js");
  dark.addEventListener("change", paint);

  const on = (type, selector, act) =>
    document.addEventListener(type, (event) => {
      const found = event.target instanceof Element && event.target.closest(selector);
      if (found) act(found, event);
    });

  // The theme changes in place; the server hears of it and sets the cookie.
  on("submit", "[data-theme-switch]", (form, event) => {
    const button = event.submitter;
    if (!button) return;
    event.preventDefault();
    const data = new FormData(form);
    data.set("theme", button.value);
    fetch(form.action, { method: "POST", body: data, redirect: "manual" });
    root.dataset.theme = button.value;
    paint();
    for (const each of document.querySelectorAll("[data-theme-switch] button")) {
      if (each.value === button.value) each.setAttribute("aria-current", "true");
      else each.removeAttribute("aria-current");
    }
  });

  // An empty filter field says nothing: keep addresses short enough to be passed on.
  document.addEventListener("formdata", (event) => {
    if (event.target.method !== "get") return;
    for (const [name, value] of [...event.formData]) if (value === "") event.formData.delete(name);
  });

  // One press, one deed.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.method !== "post" || form.hasAttribute("data-theme-switch")) return;
    if (form.dataset.sent) event.preventDefault();
    else {
      form.dataset.sent = "yes";
      setTimeout(() => delete form.dataset.sent, 4000); // a download leaves the page standing
    }
  });
  addEventListener("pageshow", () => {
    for (const form of document.forms) delete form.dataset.sent;
  });

  // A suggestion is taken over into the field that it is for.
  on("click", "[data-pick]", (button) => {
    const field = button.closest("form").elements[button.dataset.pick];
    if (field) field.value = button.dataset.value;
  });

  // Menus close by themselves.
  const close = (except) => {
    for (const menu of document.querySelectorAll("details.menu[open]")) if (!menu.contains(except)) menu.open = false;
  };
  document.addEventListener("click", (event) => close(event.target));
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      const menu = document.querySelector("details.menu[open]");
      close(null);
      if (menu) menu.querySelector("summary").focus();
    }
    const slash = event.key === "/" && !event.target.matches("input, textarea, select");
    if (slash || (event.key.toLowerCase() === "k" && (event.ctrlKey || event.metaKey))) {
      const search = document.querySelector('[data-key="/"]');
      if (search) {
        event.preventDefault();
        search.focus();
        search.select();
      }
    }
  });

  // Under the search box hangs what fits: arrows walk through it, Escape or turning to something else folds it away.
  const fold = () => {
    document.querySelector('[data-key="/"]')?.dispatchEvent(new Event("htmx:abort"));
    document.getElementById("hits")?.replaceChildren();
  };
  for (const type of ["focusin", "pointerdown"])
    document.addEventListener(type, (event) => {
      if (event.target instanceof Element && !event.target.closest(".search")) fold();
    });
  on("keydown", ".search", (search, event) => {
    const box = search.querySelector("input");
    const links = [...search.querySelectorAll("#hits a")];
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!links.length || !(step || event.key === "Escape")) return;
    event.preventDefault();
    if (!step) fold();
    ((step && links[links.indexOf(document.activeElement) + step]) || box).focus();
  });

  on("change", "[data-submit]", (control) => control.form.requestSubmit());
  on("change", "[data-check-all]", (box) => {
    for (const each of document.querySelectorAll(`input[type=checkbox][name="${box.dataset.checkAll}"]`))
      each.checked = box.checked;
  });
  // A long list of ticks is narrowed to what fits, by its words or by the pinyin that stands behind them.
  on("input", "[data-narrow]", (box) => {
    const plain = (text) => text.toLowerCase().replace(/\s/g, "");
    const wanted = plain(box.value);
    for (const row of document.querySelectorAll(box.dataset.narrow)) {
      row.hidden = !plain(row.querySelector("label").textContent + row.dataset.words).includes(wanted);
    }
  });
  on("keydown", "[data-narrow]", (box, event) => event.key === "Enter" && event.preventDefault());
  // The order that a header was asked for is remembered; the link itself leads on.
  on("click", "[data-remember] thead a", (link) => {
    const body = new URLSearchParams({ remember: new URLSearchParams(link.search).get("sort") });
    const headers = JSON.parse(document.body.getAttribute("hx-headers"));
    fetch(link.closest("[data-remember]").dataset.remember, { method: "POST", body, headers, keepalive: true });
  });

  // What was refused is what one looks for.
  addEventListener("DOMContentLoaded", () => {
    const refused = document.querySelector("[aria-invalid=true]");
    refused?.scrollIntoView({ block: "center" });
    refused?.focus({ preventScroll: true });
  });

  // The way back to a list finds it as this tab left it; signing in starts afresh.
  addEventListener("DOMContentLoaded", () => {
    if (document.body.matches(".plain")) sessionStorage.clear();
  });
  on("click", ".crumbs a", (link) => {
    const left = sessionStorage.getItem(link.pathname);
    if (left && !link.search) link.search = left;
  });
  const leave = () => {
    if (document.querySelector("form.filter")) sessionStorage.setItem(location.pathname, location.search);
  };
  addEventListener("pagehide", leave);

  // Paper can not be unfolded.
  addEventListener("beforeprint", () => {
    for (const folded of document.querySelectorAll("main details:not([open])")) {
      folded.open = true;
      folded.dataset.unfolded = "";
    }
  });
  addEventListener("afterprint", () => {
    for (const unfolded of document.querySelectorAll("[data-unfolded]")) {
      unfolded.open = false;
      delete unfolded.dataset.unfolded;
    }
  });
  on("click", "[data-print]", () => print());
  on("click", "[data-copy]", (button) => {
    const field = document.querySelector(button.dataset.copy);
    field.select();
    navigator.clipboard.writeText(field.value).then(() => button.classList.add("done"));
  });

  // A form that comes back to htmx with its errors (422) is shown.
  document.addEventListener("htmx:beforeSwap", (event) => {
    if (event.detail.xhr.status !== 422) return;
    event.detail.shouldSwap = true;
    event.detail.isError = false;
  });
})();
