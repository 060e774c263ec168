//! The wires to a panel: commands and data over I2C or SPI, and the line that resets it. Knows no controller.

use std::cell::RefCell;
use std::path::Path;
use std::rc::Rc;

use anyhow::{Context, anyhow};
use display_interface::{DataFormat, DisplayError, WriteOnlyDataCommand};
use embedded_hal::delay::DelayNs;
use embedded_hal::digital::OutputPin;
use embedded_hal::i2c::I2c;
use embedded_hal::spi::SpiDevice;
use linux_embedded_hal::spidev::{SpiModeFlags, SpidevOptions};
use linux_embedded_hal::{CdevPin, Delay, I2cdev, SpidevDevice};
use mipidsi::interface::{Interface, InterfaceKind};

use super::explain;
use crate::config::{LineConfig, Link};
use crate::gpio;

/// Bytes that spidev takes at once, unless the kernel was told otherwise (its `bufsiz`).
const SPI_BYTES_MAX: usize = 4096;
/// Before a byte over I2C that is a command, one in each transfer: what every controller of the SSD13xx family takes,
/// while some do not take several commands in one.
const I2C_COMMAND: u8 = 0x80;
/// Before bytes over I2C that are data up to the end of the transfer.
const I2C_DATA: u8 = 0x40;
/// How long a reset is held, and how long a controller needs afterwards.
const RESET_MS: u32 = 10;

/// A way to a panel.
pub(super) trait Wire {
    /// Sends bytes that are commands with their arguments.
    fn command(&mut self, bytes: &[u8]) -> anyhow::Result<()>;

    /// Sends bytes for the panel's memory.
    fn data(&mut self, bytes: &[u8]) -> anyhow::Result<()>;

    /// Sends one command, then its arguments as controllers of the MIPI command set want them.
    fn command_with(&mut self, command: u8, arguments: &[u8]) -> anyhow::Result<()> {
        self.command(&[command])?;
        self.data(arguments)
    }
}

/// A wire in the coats that driver crates know. Cloning is the same wire; what went wrong on it is kept, because the coats
/// have no room for it.
#[derive(Clone)]
pub(super) struct Bus(Rc<RefCell<Inner>>);

struct Inner {
    wire: Box<dyn Wire>,
    trouble: Option<anyhow::Error>,
}

impl Bus {
    /// # Errors
    /// When a node is not there or may not be used.
    pub(super) fn open(link: &Link) -> anyhow::Result<Self> {
        Ok(match link {
            Link::I2c { device, address } => {
                let bus = I2cdev::new(device).map_err(|why| explain(device, &why.into()))?;
                let address = *address;
                Self::over(Box::new(I2cWire { bus, address }))
            }
            Link::Spi {
                device,
                dc,
                speed_hz,
            } => {
                let spi = open_spi(device, *speed_hz)?;
                let dc = gpio::output(dc, false)?;
                Self::over(Box::new(SpiWire { spi, dc }))
            }
        })
    }

    pub(super) fn over(wire: Box<dyn Wire>) -> Self {
        Self(Rc::new(RefCell::new(Inner {
            wire,
            trouble: None,
        })))
    }

    /// Turns what a driver crate says into what happened on the wire.
    pub(super) fn told<T, E>(&self, outcome: Result<T, E>) -> anyhow::Result<T> {
        outcome.map_err(|_| {
            let trouble = self.0.borrow_mut().trouble.take();
            trouble.unwrap_or_else(|| anyhow!("the driver cannot do that"))
        })
    }

    fn send(&self, send: impl FnOnce(&mut dyn Wire) -> anyhow::Result<()>) -> Result<(), Unsent> {
        let mut inner = self.0.borrow_mut();
        send(inner.wire.as_mut()).map_err(|why| {
            inner.trouble = Some(why);
            Unsent
        })
    }
}

/// Something did not get through; [`Bus::told`] says why.
#[derive(Debug)]
pub(super) struct Unsent;

impl WriteOnlyDataCommand for Bus {
    fn send_commands(&mut self, commands: DataFormat<'_>) -> Result<(), DisplayError> {
        let bytes = bytes(&commands)?;
        self.send(|wire| wire.command(bytes)).map_err(Unsent::into)
    }

    fn send_data(&mut self, data: DataFormat<'_>) -> Result<(), DisplayError> {
        let bytes = bytes(&data)?;
        self.send(|wire| wire.data(bytes)).map_err(Unsent::into)
    }
}

impl From<Unsent> for DisplayError {
    fn from(Unsent: Unsent) -> Self {
        Self::BusWriteError
    }
}

/// The drivers of panels with one bit for each pixel send nothing but bytes.
fn bytes<'a>(format: &'a DataFormat<'_>) -> Result<&'a [u8], DisplayError> {
    if let DataFormat::U8(bytes) = format {
        Ok(bytes)
    } else {
        Err(DisplayError::DataFormatNotImplemented)
    }
}

impl Interface for Bus {
    type Word = u8;
    type Error = Unsent;
    const KIND: InterfaceKind = InterfaceKind::Serial4Line;

    fn send_command(&mut self, command: u8, arguments: &[u8]) -> Result<(), Unsent> {
        self.send(|wire| wire.command_with(command, arguments))
    }

    fn send_pixels<const N: usize>(
        &mut self,
        pixels: impl IntoIterator<Item = [u8; N]>,
    ) -> Result<(), Unsent> {
        let mut bytes = Vec::with_capacity(SPI_BYTES_MAX);
        for pixel in pixels {
            if bytes.len() + N > SPI_BYTES_MAX {
                self.send(|wire| wire.data(&bytes))?;
                bytes.clear();
            }
            bytes.extend_from_slice(&pixel);
        }
        self.send(|wire| wire.data(&bytes))
    }

    fn send_repeated_pixel<const N: usize>(
        &mut self,
        pixel: [u8; N],
        count: u32,
    ) -> Result<(), Unsent> {
        self.send_pixels((0..count).map(|_| pixel))
    }
}

struct I2cWire<I> {
    bus: I,
    address: u8,
}

impl<I: I2c> Wire for I2cWire<I> {
    fn command(&mut self, bytes: &[u8]) -> anyhow::Result<()> {
        for byte in bytes {
            self.write(&[I2C_COMMAND, *byte])?;
        }
        Ok(())
    }

    fn data(&mut self, bytes: &[u8]) -> anyhow::Result<()> {
        let mut transfer = vec![I2C_DATA];
        transfer.extend_from_slice(bytes);
        self.write(&transfer)
    }
}

impl<I: I2c> I2cWire<I> {
    fn write(&mut self, bytes: &[u8]) -> anyhow::Result<()> {
        let address = self.address;
        self.bus.write(address, bytes).map_err(|why| {
            anyhow!(
                "nothing answers at I2C address {address:#04x} ({why:?}); check display.address and display.device with \
                 i2cdetect"
            )
        })
    }
}

struct SpiWire<S, D> {
    spi: S,
    dc: D,
}

impl<S: SpiDevice, D: OutputPin> Wire for SpiWire<S, D> {
    fn command(&mut self, bytes: &[u8]) -> anyhow::Result<()> {
        self.dc
            .set_low()
            .map_err(|why| anyhow!("display.dc cannot be set: {why:?}"))?;
        self.write(bytes)
    }

    fn data(&mut self, bytes: &[u8]) -> anyhow::Result<()> {
        if bytes.is_empty() {
            return Ok(());
        }
        self.dc
            .set_high()
            .map_err(|why| anyhow!("display.dc cannot be set: {why:?}"))?;
        self.write(bytes)
    }
}

impl<S: SpiDevice, D> SpiWire<S, D> {
    fn write(&mut self, bytes: &[u8]) -> anyhow::Result<()> {
        for chunk in bytes.chunks(SPI_BYTES_MAX) {
            self.spi
                .write(chunk)
                .map_err(|why| anyhow!("the SPI bus takes nothing: {why:?}"))?;
        }
        Ok(())
    }
}

fn open_spi(device: &Path, speed_hz: u32) -> anyhow::Result<SpidevDevice> {
    let mut spi = SpidevDevice::open(device).map_err(|why| explain(device, why.inner()))?;
    let options = SpidevOptions::new()
        .bits_per_word(8)
        .max_speed_hz(speed_hz)
        .mode(SpiModeFlags::SPI_MODE_0)
        .build();
    spi.configure(&options).with_context(|| {
        format!(
            "{}: {speed_hz} Hz is not possible; set display.speed_hz",
            device.display()
        )
    })?;
    Ok(spi)
}

/// Resets a panel, and holds the line so that nobody resets it again.
pub(super) struct Reset(#[expect(dead_code, reason = "held, not used")] CdevPin);

impl Reset {
    /// # Errors
    /// When the line cannot be used.
    pub(super) fn pulse(line: &LineConfig) -> anyhow::Result<Self> {
        let mut pin = gpio::output(line, true)?;
        pin.set_low()?;
        Delay.delay_ms(RESET_MS);
        pin.set_high()?;
        Delay.delay_ms(RESET_MS);
        Ok(Self(pin))
    }
}

#[cfg(test)]
#[path = "bus_tests.rs"]
pub(super) mod tests;
