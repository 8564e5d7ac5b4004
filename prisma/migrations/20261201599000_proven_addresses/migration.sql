-- Whether an address is proven is a fact of its own: a password that an account gets or loses proves nothing.
DROP TRIGGER address_proven ON users;
CREATE TRIGGER address_proven AFTER INSERT OR UPDATE OF email, is_email_proven ON users FOR EACH ROW
  WHEN (NEW.email IS NOT NULL AND NEW.is_email_proven) EXECUTE FUNCTION take_address_permissions();
