import { notFound } from 'next/navigation';

/** Every address that is no page: said within the shell, from where the others can be reached. */
export default function Page() {
  notFound();
}
