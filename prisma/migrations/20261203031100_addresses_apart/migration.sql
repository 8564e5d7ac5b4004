-- What one signs in with and a proven address are each of one account, and need not be the same account's: anybody can
-- sign up with any address, which must not keep the person away who proves that it is theirs.
CREATE UNIQUE INDEX "users_sign_in_name_key" ON "users" ("email") WHERE "password_hash" IS NOT NULL;
CREATE UNIQUE INDEX "users_proven_email_key" ON "users" ("email") WHERE "is_email_proven";
CREATE INDEX "users_email_idx" ON "users" ("email");
DROP INDEX "users_email_key";

-- Whether the token reaches its person at the account's address, so that its use proves the address.
ALTER TABLE "one_time_tokens" ADD COLUMN "proves_email" BOOLEAN NOT NULL DEFAULT false;
