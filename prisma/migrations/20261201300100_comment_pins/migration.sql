-- Where in its element a thread is pinned; which reply a reply answers, and how many answers lead to it from the thread.

-- AlterTable
ALTER TABLE "comments" ADD COLUMN     "depth" INTEGER,
ADD COLUMN     "element_x" DOUBLE PRECISION,
ADD COLUMN     "element_y" DOUBLE PRECISION,
ADD COLUMN     "reply_to_id" UUID;
