using RayOrleans.Core;
using RayOrleans.Serialization;

namespace RayOrleans.Runtime;

/// <summary>A function with its captured state as of the submission, and the objects that state refers to.</summary>
internal sealed record PackedFunction(PackedDelegate Delegate, ObjectEntry[]? Contained);
