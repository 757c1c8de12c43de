package dev.reprise.similarity;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

@AnalyzeClasses(
    packages = "dev.reprise.similarity",
    importOptions = ImportOption.DoNotIncludeTests.class)
class SimilarityLayeringTest {
  @ArchTest
  static final ArchRule onlyEmbeddingDependsOnLucene =
      noClasses()
          .that()
          .resideOutsideOfPackage("..similarity.embedding..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("org.apache.lucene..");

  @ArchTest
  static final ArchRule tableIsPureMathematics =
      noClasses()
          .that()
          .resideInAPackage("..similarity.table..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "org.apache.lucene..",
              "com.google.protobuf..",
              "dev.reprise.contract..",
              "..similarity.v1..");

  @ArchTest
  static final ArchRule nothingDependsOnKafkaOrHttp =
      noClasses()
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("org.apache.kafka..", "io.javalin..", "java.net..");

  @ArchTest
  static final ArchRule noCycles =
      slices().matching("dev.reprise.similarity.(*)..").should().beFreeOfCycles();
}
