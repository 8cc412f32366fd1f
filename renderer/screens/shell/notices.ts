/** The build puts this file beside the page; a lab that runs from source has none. */
const NOTICES = 'third-party-notices.txt';

/** The licences of the software bundled with the app; null where there was no build. */
export async function readNotices(): Promise<string | null> {
  const answer = await fetch(NOTICES);
  return answer.ok ? await answer.text() : null;
}
