export default function MissedPage() {
  return null;
}
