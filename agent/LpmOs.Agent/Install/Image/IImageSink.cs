namespace LpmOs.Agent.Install.Image;

/// <summary>Where an image's bytes go as they come: an archive into a file system, a whole disk onto the disk.</summary>
internal interface IImageSink : IAsyncDisposable
{
    /// <exception cref="UnpackException">No more is taken; <see cref="FinishAsync"/> tells why.</exception>
    ValueTask WriteAsync(ReadOnlyMemory<byte> block, CancellationToken cancellationToken);

    /// <summary>Waits until all of it is where it belongs.</summary>
    /// <exception cref="InstallException">It is broken, or there is no room for it.</exception>
    Task FinishAsync(CancellationToken cancellationToken);
}
