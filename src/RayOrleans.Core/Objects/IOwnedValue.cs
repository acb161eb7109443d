namespace RayOrleans.Core;

/// <summary>
/// A value that holds something of the runtime's: it is disposed of, by <see cref="EffectKind.Discard"/>, when nobody will read it any more.
/// A user's value is none, whatever it implements: disposing of it is the user's business.
/// </summary>
public interface IOwnedValue : IDisposable;
