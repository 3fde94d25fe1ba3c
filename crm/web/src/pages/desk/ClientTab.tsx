import { Skeleton } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { Problem } from '@/api/client';
import { ClientCard } from '@/card/ClientCard';
import { cardQuery } from '@/card/cardQuery';
import { ProblemText } from '@/parts/ProblemText';
import css from './Desk.module.css';

/** A card that was opened on the desk. */
export function ClientTab({ id }: { id: string }) {
  const { data, error } = useQuery(cardQuery(id));
  if (data) return <ClientCard card={data} />;
  if (error)
    return (
      <p className={`panel ${css.note}`}>
        <ProblemText problem={error as Problem} />
      </p>
    );
  return <Bones />;
}

/** A card that is not here yet, in its final size. */
export function Bones() {
  return (
    <div className={`panel ${css.bones}`} aria-busy="true">
      <Skeleton height={48} width={48} circle />
      <div>
        <Skeleton height={20} width={260} />
        <Skeleton height={12} width={340} mt={12} />
      </div>
    </div>
  );
}
