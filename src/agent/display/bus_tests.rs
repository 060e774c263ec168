//! What stands on the wires, byte for byte.

use embedded_hal::digital::ErrorType as PinErrorType;
use embedded_hal::i2c::{self, Operation as I2cOperation};
use embedded_hal::spi::{self, Operation as SpiOperation};

use super::*;

/// What was sent: commands and data in order.
pub(in super::super) type Sent = Rc<RefCell<Vec<(Kind, Vec<u8>)>>>;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in super::super) enum Kind {
    Command,
    Data,
}

/// A wire that remembers, and breaks after so many transfers.
pub(in super::super) struct Recorder {
    pub(in super::super) sent: Sent,
    pub(in super::super) breaks_after: usize,
}

impl Recorder {
    fn send(&mut self, kind: Kind, bytes: &[u8]) -> anyhow::Result<()> {
        let mut sent = self.sent.borrow_mut();
        anyhow::ensure!(sent.len() < self.breaks_after, "the cable is out");
        sent.push((kind, bytes.to_vec()));
        Ok(())
    }
}

impl Wire for Recorder {
    fn command(&mut self, bytes: &[u8]) -> anyhow::Result<()> {
        self.send(Kind::Command, bytes)
    }

    fn data(&mut self, bytes: &[u8]) -> anyhow::Result<()> {
        self.send(Kind::Data, bytes)
    }
}

/// A bus and what will have been sent over it.
pub(in super::super) fn recorded() -> (Bus, Sent) {
    let sent = Sent::default();
    let recorder = Recorder {
        sent: Rc::clone(&sent),
        breaks_after: usize::MAX,
    };
    (Bus::over(Box::new(recorder)), sent)
}

/// An I2C bus with one panel that answers at 0x3d.
#[derive(Default)]
struct FakeI2c(Vec<Vec<u8>>);

impl i2c::ErrorType for FakeI2c {
    type Error = i2c::ErrorKind;
}

impl I2c for FakeI2c {
    fn transaction(
        &mut self,
        address: u8,
        operations: &mut [I2cOperation<'_>],
    ) -> Result<(), i2c::ErrorKind> {
        if address != 0x3d {
            return Err(i2c::ErrorKind::Other);
        }
        for operation in operations {
            if let I2cOperation::Write(bytes) = operation {
                self.0.push(bytes.to_vec());
            }
        }
        Ok(())
    }
}

#[test]
fn over_i2c_each_command_byte_is_a_transfer_and_data_is_one() {
    let mut wire = I2cWire {
        bus: FakeI2c::default(),
        address: 0x3d,
    };
    wire.command(&[0x81, 0xcf]).unwrap();
    wire.data(&[1, 2, 3]).unwrap();
    let expected: [&[u8]; 3] = [&[0x80, 0x81], &[0x80, 0xcf], &[0x40, 1, 2, 3]];
    assert_eq!(wire.bus.0, expected);
}

#[test]
fn nobody_at_the_address_is_said_with_its_key() {
    let mut wire = I2cWire {
        bus: FakeI2c::default(),
        address: 0x3c,
    };
    let error = wire.data(&[0]).unwrap_err().to_string();
    assert!(error.contains("0x3c") && error.contains("display.address"));
}

/// Clock, data and the line beside them share one record.
#[derive(Clone, Default)]
struct FakeSpi(Rc<RefCell<Vec<String>>>);

impl spi::ErrorType for FakeSpi {
    type Error = spi::ErrorKind;
}

impl SpiDevice for FakeSpi {
    fn transaction(
        &mut self,
        operations: &mut [SpiOperation<'_, u8>],
    ) -> Result<(), spi::ErrorKind> {
        for operation in operations {
            if let SpiOperation::Write(bytes) = operation {
                self.0.borrow_mut().push(format!("{} bytes", bytes.len()));
            }
        }
        Ok(())
    }
}

impl PinErrorType for FakeSpi {
    type Error = std::convert::Infallible;
}

impl OutputPin for FakeSpi {
    fn set_low(&mut self) -> Result<(), Self::Error> {
        self.0.borrow_mut().push("command".to_owned());
        Ok(())
    }

    fn set_high(&mut self) -> Result<(), Self::Error> {
        self.0.borrow_mut().push("data".to_owned());
        Ok(())
    }
}

#[test]
fn over_spi_the_line_tells_commands_from_data_and_no_transfer_is_too_long() {
    let record = FakeSpi::default();
    let mut wire = SpiWire {
        spi: record.clone(),
        dc: record.clone(),
    };
    wire.command(&[0xae]).unwrap();
    wire.data(&[0; SPI_BYTES_MAX + 1]).unwrap();
    wire.data(&[]).unwrap();
    let expected = ["command", "1 bytes", "data", "4096 bytes", "1 bytes"];
    assert_eq!(*record.0.borrow(), expected);
}

#[test]
fn what_broke_on_the_wire_outlives_the_driver_crate() {
    let recorder = Recorder {
        sent: Sent::default(),
        breaks_after: 0,
    };
    let mut bus = Bus::over(Box::new(recorder));
    let outcome = bus.send_data(DataFormat::U8(&[1]));
    let error = bus.told(outcome).unwrap_err();
    assert_eq!(error.to_string(), "the cable is out");
}

#[test]
fn a_bus_that_is_not_there_is_opened_when_it_appears() {
    let link = Link::I2c {
        device: "/dev/i2c-77".into(),
        address: 0x3c,
    };
    let error = Bus::open(&link).err().unwrap().to_string();
    assert!(error.contains("/dev/i2c-77") && error.contains("as soon as it appears"));
}
