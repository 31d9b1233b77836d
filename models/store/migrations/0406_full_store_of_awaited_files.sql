-- A file that is awaited may find the store of the cooperative full, which is not the room of its receiver.
ALTER TABLE awaited_file DROP CONSTRAINT awaited_file_trouble_check;
ALTER TABLE awaited_file ADD CONSTRAINT awaited_file_trouble_check
    CHECK (trouble IN ('away', 'missing', 'changed', 'unreadable', 'no-room', 'store-full'));
