import { useEffect, useState } from 'react';

/** True when something has lasted for 300 ms: bones shown sooner only flicker. */
export function useLater(waiting: boolean, after = 300): boolean {
  const [late, setLate] = useState(false);
  useEffect(() => {
    setLate(false);
    if (!waiting) return;
    const id = window.setTimeout(() => setLate(true), after);
    return () => window.clearTimeout(id);
  }, [waiting, after]);
  return waiting && late;
}
