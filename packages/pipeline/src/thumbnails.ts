import sharp from 'sharp';

const THUMBNAIL_SIDE_PX = 240;
const THUMBNAIL_QUALITY = 72;

/** A small WebP of an image as a data: URI; null when it can't be read any more. */
export async function thumbnailOf(path: string): Promise<string | null> {
  try {
    const size = {
      width: THUMBNAIL_SIDE_PX,
      height: THUMBNAIL_SIDE_PX,
      fit: 'inside',
      withoutEnlargement: true,
    } as const;
    const bytes = await sharp(path).resize(size).webp({ quality: THUMBNAIL_QUALITY }).toBuffer();
    return `data:image/webp;base64,${bytes.toString('base64')}`;
  } catch {
    return null; // a report without one picture is better than none
  }
}
