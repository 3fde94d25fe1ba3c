export default function ClientPage() {
  return null;
}
