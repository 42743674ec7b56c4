// What the page shows is read. Without this script the form's button says so.
const form = document.getElementById("read");
const answer = await fetch(form.action, { method: "POST", body: new URLSearchParams(new FormData(form)), redirect: "manual" });
if (answer.ok || answer.type === "opaqueredirect") {
  form.hidden = true;
  document.querySelector(".bell .count")?.remove();
}
