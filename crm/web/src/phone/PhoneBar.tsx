/** The phone on top of every page. */
export function PhoneBar() {
  return <header />;
}
