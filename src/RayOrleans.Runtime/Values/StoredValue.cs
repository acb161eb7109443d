namespace RayOrleans.Runtime;

/// <summary>A value that must be decoded when it is read. Everything else in an entry is the value itself, of a type nothing can change.</summary>
internal abstract class StoredValue;
