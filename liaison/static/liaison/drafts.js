/* What is typed into a form with `data-draft="record:17"` is kept: by the server a moment after each pause, and by this
   browser for as long as the server has not said that it has it. Forms do their job without this file.

   Copies in the browser stand under the officer's key. They go when the server has them, when anybody signs out, when
   somebody else signs in, and after three days. */
(() => {
  "use strict";
  const words = document.getElementById("drafts");
  if (!words) return;
  const PAUSE = 1500;
  const PATIENCE = 15_000;
  const AGAIN = 10_000;
  const KEPT = 3 * 24 * 3600 * 1000;
  const PREFIX = "draft:";
  const MINE = `${PREFIX}${words.dataset.officer}:`;
  const FORMS = "form[data-draft]";

  // --- copies in this browser ---------------------------------------------------------------------------------

  const nameOf = (form) => MINE + form.elements.submission.value;
  const names = () => Object.keys(localStorage).filter((name) => name.startsWith(PREFIX));
  const read = (name) => {
    try {
      return JSON.parse(localStorage.getItem(name));
    } catch {
      return null;
    }
  };
  const write = (form) => {
    const typed = [...new FormData(form)].filter(([name, text]) => typeof text === "string" && name !== "csrfmiddlewaretoken");
    const copy = { form: form.dataset.draft, at: Date.now(), typed };
    try {
      localStorage.setItem(nameOf(form), JSON.stringify(copy));
    } catch {
      // A full or forbidden store: the server still gets it.
    }
    return copy;
  };
  const forget = (name, copy) => {
    if (read(name)?.at === copy.at) localStorage.removeItem(name); // nothing was typed since
  };

  // --- the server ---------------------------------------------------------------------------------------------

  const address = (form) => words.dataset.url.replace("FORM", encodeURIComponent(form));
  const token = () => document.querySelector("input[name=csrfmiddlewaretoken]").value;
  /** How it went: kept, sent (before), out (signed out), expired, unkept, offline. */
  const push = async (copy, leaving = false) => {
    const body = new FormData();
    for (const [name, text] of copy.typed) body.append(name, text);
    body.set("csrfmiddlewaretoken", token());
    body.set("age", Math.max(0, Date.now() - copy.at));
    const patience = new AbortController();
    const clock = leaving || setTimeout(() => patience.abort(), PATIENCE);
    const options = { method: "POST", body, redirect: "manual", keepalive: leaving, signal: patience.signal };
    try {
      const answer = await fetch(address(copy.form), options);
      if (answer.type === "opaqueredirect") return "out";
      if (answer.ok) return (await answer.json()).sent ? "sent" : "kept";
      if (answer.status >= 500) return "offline";
      return answer.status === 403 ? "expired" : "unkept";
    } catch {
      return "offline";
    } finally {
      clearTimeout(clock);
    }
  };

  // --- a form -------------------------------------------------------------------------------------------------

  const timers = new WeakMap();
  const waits = new Set();
  const say = (form, word, at = Date.now()) => {
    let place = form.querySelector(".draft-said");
    if (!place) {
      place = document.createElement("p");
      place.className = "draft-said";
      place.setAttribute("role", "status");
      [...form.querySelectorAll(".buttons")].pop().prepend(place); // beside what one presses
    }
    place.classList.toggle("alert", word !== "kept");
    place.classList.toggle("alert-warning", word !== "kept" && word !== "back");
    place.classList.toggle("alert-info", word === "back");
    const shown = { hour: "2-digit", minute: "2-digit", timeZone: words.dataset.zone }; // the bureau's, as everywhere
    const time = new Date(at).toLocaleTimeString("en-GB", shown);
    place.textContent = (words.dataset[word] || words.dataset.offline).replace("{time}", time);
  };
  const settle = async (form, leaving = false) => {
    clearTimeout(timers.get(form));
    waits.delete(form);
    const copy = write(form);
    const became = await push(copy, leaving);
    if (became === "kept" || became === "sent") forget(nameOf(form), copy);
    if (became !== "sent") say(form, became === "expired" ? "out" : became, copy.at);
    if (became === "offline") later(form, AGAIN);
    return became;
  };
  const later = (form, pause) => {
    clearTimeout(timers.get(form));
    waits.add(form);
    timers.set(
      form,
      setTimeout(() => waits.has(form) && form.isConnected && settle(form), pause),
    );
  };
  const fill = (form, typed, at) => {
    const texts = new Map();
    for (const [name, text] of typed) texts.set(name, [...(texts.get(name) || []), text]);
    for (const control of form.elements) {
      if (!control.name || control.name === "csrfmiddlewaretoken" || control.name === "next") continue;
      const found = texts.get(control.name);
      if (control.type === "checkbox" || control.type === "radio") control.checked = !!found?.includes(control.value);
      else if (found) control.value = found[0];
    }
    for (const folded of form.querySelectorAll("details"))
      folded.open ||= [...folded.querySelectorAll("textarea, select, input[type=text]")].some((control) => control.value);
    form.dataset.typed = "";
    say(form, "back", at);
  };
  const send = (form, button) => (form.requestSubmit ? form.requestSubmit(button) : form.submit());
  const fits = (form, typed) => typed.every(([name]) => form.elements[name]);
  const isFresh = (form) => !("typed" in form.dataset) && !form.querySelector(".errors, .alert-danger");

  for (const type of ["input", "change"])
    document.addEventListener(type, (event) => {
      const form = event.target.form?.closest(FORMS);
      if (!form || !event.target.name) return;
      form.dataset.typed = "";
      write(form);
      later(form, PAUSE);
    });
  const leave = () => {
    for (const form of waits) settle(form, true);
  };
  document.addEventListener("visibilitychange", () => document.hidden && leave());
  addEventListener("pagehide", leave);
  addEventListener("online", () => {
    for (const form of waits) settle(form);
  });

  // Before it is sent it is kept, so that whatever becomes of the way to the server, nothing is lost.
  document.addEventListener("submit", async (event) => {
    const form = event.target.closest(FORMS);
    if (!form || event.defaultPrevented || "through" in form.dataset) return;
    event.preventDefault();
    const became = await settle(form);
    delete form.dataset.sent; // app.js: one press, one deed
    if (became === "offline") say(form, "unsent");
    else if (became === "expired") location.assign(form.action); // somebody signed in anew elsewhere: a new page has a new token
    else {
      form.dataset.through = "";
      send(form, event.submitter);
    }
  });
  addEventListener("pageshow", () => {
    for (const form of document.querySelectorAll(FORMS)) delete form.dataset.through;
  });

  // --- what was begun before ----------------------------------------------------------------------------------

  const asked = () => new URLSearchParams(location.search).get("draft");
  const offer = async (form) => {
    if ("offered" in form.dataset || form.querySelector("[aria-invalid=true]")) return; // it came back, with what was typed
    form.dataset.offered = "";
    let html = "";
    try {
      const answer = await fetch(address(form.dataset.draft), { redirect: "manual" });
      if (answer.ok) html = (await answer.json()).offers;
    } catch {
      return;
    }
    form.insertAdjacentHTML("afterbegin", html);
    for (const each of form.querySelectorAll("[data-draft-offer]")) {
      const number = each.dataset.draftOffer;
      if (number === form.elements.submission.value) each.remove();
      else if (number === asked() && isFresh(form)) goOn(each);
    }
  };
  const goOn = (offered) => {
    const form = offered.closest("form");
    const typed = JSON.parse(offered.dataset.values);
    if (offered.dataset.draftOffer !== asked() && !fits(form, typed)) {
      location.assign(offered.dataset.url); // it was about others: their page has the fields
      return;
    }
    fill(form, typed, Date.parse(offered.dataset.at));
    offered.remove();
  };
  const discard = async (offered) => {
    const form = offered.closest("form");
    const url = `${address(form.dataset.draft)}?draft=${offered.dataset.draftKey}`;
    const asks = { method: "DELETE", headers: { "X-CSRFToken": token() }, redirect: "manual" };
    const answer = await fetch(url, asks).catch(() => null);
    if (answer?.ok) offered.remove();
  };
  document.addEventListener("click", (event) => {
    const button = event.target instanceof Element && event.target.closest("[data-draft-continue], [data-draft-discard]");
    if (!button) return;
    const offered = button.closest("[data-draft-offer]");
    if ("draftContinue" in button.dataset) goOn(offered);
    else discard(offered);
  });

  const sweep = () => {
    for (const name of names())
      if (!name.startsWith(MINE) || !(Date.now() - read(name)?.at < KEPT)) localStorage.removeItem(name);
  };
  /** Hand the server what it has not got yet; what belongs to a form of this page is back in it at once. Was it there? */
  const flush = async (form) => {
    let offline = false;
    const found = names().filter((name) => name.startsWith(MINE)).map((name) => [name, read(name)]);
    for (const [name, copy] of found.sort(([, one], [, other]) => other.at - one.at)) {
      const became = await push(copy);
      if (became === "kept" || became === "sent") forget(name, copy);
      offline ||= became === "offline";
      if (form?.dataset.draft === copy.form && became !== "sent" && isFresh(form) && fits(form, copy.typed)) {
        fill(form, copy.typed, copy.at);
        if (became === "offline") later(form, AGAIN);
      }
    }
    return !offline;
  };
  // Who signs out leaves nothing on the device; what was just typed reaches the server first.
  document.addEventListener("submit", async (event) => {
    const form = event.target;
    if (!form.querySelector(".sign-out") || !names().length) return;
    event.preventDefault();
    for (const each of [...waits]) await settle(each);
    const reached = await flush();
    delete form.dataset.sent;
    if (!reached) return; // nor could one sign out
    waits.clear();
    for (const name of names()) localStorage.removeItem(name);
    send(form, event.submitter);
  });
  addEventListener("DOMContentLoaded", async () => {
    sweep();
    await flush(document.querySelector(FORMS));
    for (const form of document.querySelectorAll(FORMS)) await offer(form);
    document.addEventListener("htmx:load", (event) => {
      const form = event.target.closest(FORMS); // one that unfolded under a line of the worklist
      if (form) offer(form);
    });
  });
})();
