namespace RayOrleans.ObjectStore;

/// <summary>An unsealed object whose pages this process may write until the hold ends.</summary>
internal sealed unsafe class WriteWindow(ClientLink link, uint number, byte* start, long length) : ClientHold(link, number, start, length)
{
    public void Write(long offset, ReadOnlySpan<byte> source)
    {
        fixed (byte* from = source)
            Link.View.Write(Start + offset, from, source.Length);
    }

    /// <summary>Takes the right to write back. The caller has ended the hold, and tells the server.</summary>
    public void Close() => Link.View.CloseWindow(RawStart, Length);

    public override void GiveBack(bool collected)
    {
        Close();
        Link.SendAbort(Number);
        Link.EndHold(collected);
    }
}
