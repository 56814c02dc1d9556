/** Begin a table anew with these columns: add(texts) appends a row, and returns it. */
export function startTable(table, columns) {
  table.replaceChildren();
  const head = table.createTHead().insertRow();
  for (const name of columns) {
    const cell = document.createElement('th');
    cell.scope = 'col';
    cell.textContent = name;
    head.append(cell);
  }
  const body = table.createTBody();
  return (texts) => {
    const row = body.insertRow();
    for (const text of texts) row.insertCell().textContent = text;
    return row;
  };
}
