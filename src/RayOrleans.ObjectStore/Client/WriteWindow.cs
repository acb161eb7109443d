namespace RayOrleans.ObjectStore;

/// <summary>An unsealed object. Its pages become writable when a pointer into them is first asked for, and stay so until the hold ends.</summary>
internal sealed unsafe class WriteWindow(ClientLink link, uint number, long offset, long length)
    : ClientHold(link, number, link.View.Reading(offset, length), length)
{
    private readonly Lock _gate = new();
    private byte* _window;

    /// <summary>Where it can be written.</summary>
    /// <exception cref="IOException">The system refuses.</exception>
    public byte* Open()
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(IsReleased, this);
            if (_window is null)
                _window = Link.View.OpenWindow(offset, Length);
            return _window;
        }
    }

    public void Write(long at, ReadOnlySpan<byte> source)
    {
        ObjectDisposedException.ThrowIf(IsReleased, this);
        fixed (byte* from = source)
            Link.View.Write(offset + at, from, source.Length);
    }

    /// <summary>Takes the right to write back. The caller has ended the hold, and tells the server.</summary>
    public void Close()
    {
        lock (_gate)
        {
            if (_window is not null)
                Link.View.CloseWindow(_window, Length);
            _window = null;
        }
    }

    public override void GiveBack(bool collected)
    {
        Close();
        Link.SendAbort(Number);
        Link.EndHold(collected);
    }
}
