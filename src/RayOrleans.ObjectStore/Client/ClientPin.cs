namespace RayOrleans.ObjectStore;

/// <summary>A pin on a sealed object.</summary>
internal sealed unsafe class ClientPin(ClientLink link, uint number, byte* start, long length) : ClientHold(link, number, start, length)
{
    public override void GiveBack(bool collected)
    {
        Link.Release(Number, collected);
        Link.EndHold(collected);
    }
}
